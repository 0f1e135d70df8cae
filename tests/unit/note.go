// SPDX-License-Identifier: GPL-2.0-or-later

// note.go - Go's signed notes, for tests/unit/note.sh: keys, notes, and thousands of damaged ones.
//
//	note.go keygen NAME         a private key, and its public key
//	note.go sign KEY            the text from standard input, signed
//	note.go cosign KEY VKEY     the note from standard input, with one more signature
//	note.go open VKEY...        the text of the note, and how many signatures held
//	note.go damage SEED N VKEY DIR   the note from standard input, damaged N times: DIR/I, and on standard
//	                            output for each "I ok" or "I refused"
package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	mathrand "math/rand"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/note"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func signer(key string) note.Signer {
	s, err := note.NewSigner(key)
	check(err)
	return s
}

func verifiers(keys []string) note.Verifiers {
	var list []note.Verifier
	for _, key := range keys {
		v, err := note.NewVerifier(key)
		check(err)
		list = append(list, v)
	}
	return note.VerifierList(list...)
}

// pieces are what notes are made of.
var pieces = []string{"\n", "\n\n", "— ", "—", " ", "=", "==", "+", "A", "AAAA", "\x00", "\r", "\t", "\x1f", "\x7f",
	"\x80", "\xc2\x85", "\xc2\xa0", "\xe2\x80\x83", "\xe3\x80\x80", "\xed\xa0\x80", "\xff", "ü", "🔑",
	"— other AAAAAAA=\n", "— other AAAAAA==\n", "— o+ther AAAAAAA=\n", "— x y\n", "\n— other AAAAAAA=\n"}

// damaged is a note with one to three changes: a piece put in, in place of up to as many bytes, or doubled lines.
func damaged(r *mathrand.Rand, msg []byte) []byte {
	out := append([]byte(nil), msg...)
	for n := 1 + r.Intn(3); n > 0; n-- {
		at := r.Intn(len(out) + 1)
		end := at
		piece := []byte(pieces[r.Intn(len(pieces))])
		switch r.Intn(4) {
		case 0:
			end += r.Intn(len(piece) + 1)
		case 1:
			piece, end = nil, at+r.Intn(3)
		case 2:
			// Between two lines.
			if i := bytes.IndexByte(out[at:], '\n'); i >= 0 {
				at += i + 1
				end = at
			}
		}
		if end > len(out) {
			end = len(out)
		}
		out = bytes.Join([][]byte{out[:at], piece, out[end:]}, nil)
	}
	return out
}

func main() {
	args := os.Args[1:]
	switch args[0] {
	case "keygen":
		private, public, err := note.GenerateKey(rand.Reader, args[1])
		check(err)
		fmt.Printf("%s\n%s\n", private, public)
		return
	}
	in, err := io.ReadAll(os.Stdin)
	check(err)
	switch args[0] {
	case "sign":
		out, err := note.Sign(&note.Note{Text: string(in)}, signer(args[1]))
		check(err)
		os.Stdout.Write(out)
	case "cosign":
		n, err := note.Open(in, verifiers(args[2:]))
		check(err)
		out, err := note.Sign(n, signer(args[1]))
		check(err)
		os.Stdout.Write(out)
	case "open":
		n, err := note.Open(in, verifiers(args[1:]))
		check(err)
		fmt.Printf("%s%d\n", n.Text, len(n.Sigs))
	case "damage":
		seed, err := strconv.ParseInt(args[1], 10, 64)
		check(err)
		count, err := strconv.Atoi(args[2])
		check(err)
		r := mathrand.New(mathrand.NewSource(seed))
		known := verifiers(args[3:4])
		for i := 0; i < count; i++ {
			msg := damaged(r, in)
			check(os.WriteFile(filepath.Join(args[4], strconv.Itoa(i)), msg, 0o600))
			verdict := "refused"
			if _, err := note.Open(msg, known); err == nil {
				verdict = "ok"
			}
			fmt.Println(i, verdict)
		}
	default:
		os.Exit(2)
	}
}
