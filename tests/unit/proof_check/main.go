// SPDX-License-Identifier: GPL-2.0-or-later

// An independent reader of proofs and cosignatures: golang.org/x/mod's signed notes and transparent logs, and a
// verifier of C2SP cosignature/v1 in a few lines.
//
//	main tree < LINES                       each line "entry SIZE INDEX ROOT LEAF HASH..." or
//	                                        "older SIZE OLD ROOT OLDROOT HASH...", in base64
//	main proof VKEY N ENTRY PROOF WITNESS...  ENTRY is in the log of VKEY by PROOF, which N of the witnesses cosigned
package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// witness verifies cosignatures; note knows signatures of type 1 alone.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(w.key, append([]byte(head), msg...), sig[8:])
}

func newWitness(vkey string) witness {
	parts := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		log.Fatalf("%s: not a witness's key", vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	w := witness{parts[0], binary.BigEndian.Uint32(sum[:]), key[1:]}
	if fmt.Sprintf("%08x", w.hash) != parts[1] {
		log.Fatalf("%s: the id is not its own", vkey)
	}
	return w
}

func read(name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	return string(data)
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		log.Fatalf("%q is not a number: %v", text, err)
	}
	return n
}

func hash(text string) tlog.Hash {
	h, err := tlog.ParseHash(text)
	if err != nil {
		log.Fatal(err)
	}
	return h
}

func hashes(texts []string) (all []tlog.Hash) {
	for _, t := range texts {
		all = append(all, hash(t))
	}
	return all
}

func trees() {
	n, in := 0, bufio.NewScanner(os.Stdin)
	for in.Scan() {
		f := strings.Fields(in.Text())
		size, other, rest := number(f[1]), number(f[2]), hashes(f[5:])
		var err error
		if f[0] == "entry" {
			err = tlog.CheckRecord(rest, size, hash(f[3]), other, hash(f[4]))
		} else {
			err = tlog.CheckTree(rest, size, hash(f[3]), other, hash(f[4]))
		}
		if err != nil {
			log.Fatalf("%s: %v", in.Text(), err)
		}
		n++
	}
	fmt.Println(n, "proofs")
}

func proof(vkey string, least int, entry, text string, keys []string) {
	v, err := note.NewVerifier(strings.TrimSpace(vkey))
	if err != nil {
		log.Fatal(err)
	}
	known := []note.Verifier{v}
	for _, k := range keys {
		known = append(known, newWitness(read(k)))
	}
	head, signed, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || lines[0] != "c2sp.org/tlog-proof@v1" {
		log.Fatal("not a proof")
	}
	n, err := note.Open([]byte(signed), note.VerifierList(known...))
	if err != nil {
		log.Fatal(err)
	}
	if len(n.Sigs) != 1+least {
		log.Fatalf("%d signatures", len(n.Sigs))
	}
	c := strings.Split(n.Text, "\n")
	index := number(strings.TrimPrefix(lines[1], "index "))
	err = tlog.CheckRecord(hashes(lines[2:]), number(c[1]), hash(c[2]), index, tlog.RecordHash([]byte(entry)))
	if err != nil || c[0] != v.Name() {
		log.Fatal(c[0], err)
	}
	fmt.Println("entry", index, "of", c[0], "cosigned by", least)
}

func main() {
	log.SetFlags(0)
	if os.Args[1] == "tree" {
		trees()
	} else {
		a := os.Args[2:]
		proof(read(a[0]), int(number(a[1])), read(a[2]), read(a[3]), a[4:])
	}
}
