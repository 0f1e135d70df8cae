// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gth_asker.c - a module for tests: when it is loaded it asks for the firmware
 * that its parameter names, and loads only if it gets it. Without a name it
 * just loads.
 */
#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/module.h>

static char *name = "";
module_param(name, charp, 0);
MODULE_PARM_DESC(name, "firmware to ask for");

static int __init asker_init(void)
{
	const struct firmware *firmware = NULL;
	struct device *device;
	int ret;

	if (!*name)
		return 0;
	device = root_device_register("gth_asker");
	if (IS_ERR(device))
		return PTR_ERR(device);
	ret = request_firmware_direct(&firmware, name, device);
	release_firmware(firmware);
	root_device_unregister(device);
	return ret;
}
module_init(asker_init);

static void __exit asker_exit(void)
{
}
module_exit(asker_exit);

MODULE_DESCRIPTION("Asks for firmware");
MODULE_LICENSE("GPL");
