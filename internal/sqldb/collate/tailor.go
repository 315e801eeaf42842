package collate

import "strings"

// turkish reports the alphabets in which i and I are different letters.
func (c *Collation) turkish() bool { return c.lcid == 0x041f }

// tailoringOf has the letters that a language sorts as letters of their own, with their primary weights.
func tailoringOf(prefix string, lcid uint32) map[rune]string {
	after := func(base rune, letters string) map[rune]string {
		m := map[rune]string{}
		n := byte(0)
		for _, r := range letters {
			n++
			if base == 'z' {
				m[r] = string([]byte{afterLetters + n})
				continue
			}
			m[r] = string([]byte{ascii[base] + 1, 2 + n})
		}
		return m
	}
	join := func(ms ...map[rune]string) map[rune]string {
		all := map[rune]string{}
		for _, m := range ms {
			for r, w := range m {
				all[r] = w
			}
		}
		return all
	}
	switch {
	case strings.HasPrefix(prefix, "German_PhoneBook"):
		w := func(a, b byte) string { return string([]byte{ascii[a], ascii[b]}) }
		return map[rune]string{'ä': w('a', 'e'), 'ö': w('o', 'e'), 'ü': w('u', 'e')}
	case lcid == 0x040b || lcid == 0x041d:
		return after('z', "åäö")
	case lcid == 0x0406 || lcid == 0x0414:
		return after('z', "æøå")
	case lcid == 0x040a || lcid == 0x0c0a:
		return after('n', "ñ")
	case lcid == 0x041f:
		return join(after('c', "ç"), after('g', "ğ"), after('h', "ı"), after('o', "ö"), after('s', "ş"), after('u', "ü"))
	case lcid == 0x0415:
		return join(after('a', "ą"), after('c', "ć"), after('e', "ę"), after('l', "ł"), after('n', "ń"), after('o', "ó"), after('s', "ś"), after('z', "źż"))
	case lcid == 0x0405 || lcid == 0x041b || lcid == 0x041a || lcid == 0x0424:
		return join(after('c', "č"), after('s', "š"), after('r', "ř"), after('z', "ž"))
	case lcid == 0x040e || lcid == 0x1040e:
		return join(after('o', "öő"), after('u', "üű"))
	case lcid == 0x040f:
		return join(after('a', "á"), after('d', "ð"), after('e', "é"), after('i', "í"), after('o', "ó"), after('u', "ú"), after('y', "ý"), after('z', "þæö"))
	}
	return nil
}
