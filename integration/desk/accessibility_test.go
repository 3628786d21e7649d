package desk

import _ "embed"

// accessibility is a script that returns what is wrong.
//
//go:embed accessibility.js
var accessibility string
