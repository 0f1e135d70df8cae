// SPDX-License-Identifier: GPL-2.0-or-later

// An independent verifier of exported journals: golang.org/x/mod's signed notes and
// transparent logs, with the names that C2SP tlog-tiles gives to tiles.
//
//	main DIR        signature, root, and that each entry is included
//	main OLD NEW    and that the log NEW is the log OLD, continued
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type journal struct {
	dir  string
	tree tlog.Tree
}

// tlog's names are tile/8/LEVEL/N, and tile/8/data/N for entries.
func (j journal) tile(t tlog.Tile) []byte {
	name := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
	data, err := os.ReadFile(filepath.Join(j.dir, strings.Replace(name, "/data/", "/entries/", 1)))
	if err != nil {
		log.Fatal(err)
	}
	return data
}

func (j journal) Height() int { return height }

func (j journal) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, t := range tiles {
		data = append(data, j.tile(t))
	}
	return data, nil
}

func (j journal) SaveTiles([]tlog.Tile, [][]byte) {}

func open(dir string) journal {
	key, err := os.ReadFile(filepath.Join(dir, "key"))
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		log.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		log.Fatal(err)
	}
	n, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		log.Fatal(err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		log.Fatalf("%s: not a checkpoint of %s: %q", dir, verifier.Name(), n.Text)
	}
	j := journal{dir: dir}
	if _, err := fmt.Sscan(lines[1], &j.tree.N); err != nil {
		log.Fatal(err)
	}
	j.tree.Hash, err = tlog.ParseHash(lines[2])
	if err != nil {
		log.Fatal(err)
	}
	return j
}

// Every hash that the reader returns was checked against the signed root.
func (j journal) hashes() tlog.HashReader { return tlog.TileHashReader(j.tree, j) }

func (j journal) check() {
	for n := int64(0); n*256 < j.tree.N; n++ {
		t := tlog.Tile{H: height, L: -1, N: n, W: 256}
		if left := j.tree.N - n*256; left < 256 {
			t.W = int(left)
		}
		data := j.tile(t)
		for i := int64(0); i < int64(t.W); i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				log.Fatalf("%s: entry %d is cut off", j.dir, n*256+i)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			proof, err := tlog.ProveRecord(j.tree.N, n*256+i, j.hashes())
			if err != nil {
				log.Fatal(err)
			}
			err = tlog.CheckRecord(proof, j.tree.N, j.tree.Hash, n*256+i, tlog.RecordHash(data[2:end]))
			if err != nil {
				log.Fatalf("%s: entry %d: %v", j.dir, n*256+i, err)
			}
			data = data[end:]
		}
		if len(data) != 0 {
			log.Fatalf("%s: entries behind the last one", j.dir)
		}
	}
	root, err := tlog.TreeHash(j.tree.N, j.hashes())
	if err != nil || root != j.tree.Hash {
		log.Fatalf("%s: root %v, signed was %v: %v", j.dir, root, j.tree.Hash, err)
	}
	fmt.Printf("%d entries, root %v\n", j.tree.N, root)
}

func main() {
	log.SetFlags(0)
	var all []journal
	for _, dir := range os.Args[1:] {
		j := open(dir)
		j.check()
		all = append(all, j)
	}
	if len(all) == 2 {
		then, now := all[0].tree, all[1].tree
		proof, err := tlog.ProveTree(now.N, then.N, all[1].hashes())
		if err == nil {
			err = tlog.CheckTree(proof, now.N, now.Hash, then.N, then.Hash)
		}
		if err != nil {
			log.Fatalf("not the same log: %v", err)
		}
		fmt.Printf("%d continues %d\n", now.N, then.N)
	}
}
