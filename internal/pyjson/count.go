package pyjson

// HasMoreValues reports whether a text has more than that many values and keys, which
// take time and memory each, however short they are. It looks at no more than the
// signs between them, so the text need not be JSON. Of a text that is nested deeper
// than maxDepth, at which Decode stops, it counts no further.
func HasMoreValues(text []byte, most, maxDepth int) bool {
	found, depth := 1, 0
	inString := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			inString = !inString
		case inString && c == '\\':
			i++
		case inString:
		case c == ']', c == '}':
			depth--
		case c == ',', c == ':', c == '[', c == '{':
			if c == '[' || c == '{' {
				if depth++; depth > maxDepth {
					return false
				}
			}
			if found++; found > most {
				return true
			}
		}
	}
	return false
}
