package policy

import (
	"errors"
	"fmt"
	"strings"
)

// maxDepth bounds parentheses and rules that refer to rules.
const maxDepth = 100

// expression is what is left of the text of a rule.
type expression struct {
	compiler *compiler
	words    []string
	depth    int
}

// parse reads an expression: or binds weaker than and, and that weaker than
// not, whatever their case.
func (c *compiler) parse(text string, depth int) (check, error) {
	if text == "" {
		return constant(true), nil
	}
	e := &expression{compiler: c, words: words(text), depth: depth}
	result, err := e.or()
	if err == nil && len(e.words) > 0 {
		err = fmt.Errorf("%q does not belong there", e.words[0])
	}
	return result, err
}

// words splits an expression at blanks. Parentheses are words where they begin
// or end one.
func words(text string) []string {
	var words []string
	for word := range strings.FieldsSeq(text) {
		for strings.HasPrefix(word, "(") {
			words, word = append(words, "("), word[1:]
		}
		inner := strings.TrimRight(word, ")")
		if inner != "" {
			words = append(words, inner)
		}
		for range len(word) - len(inner) {
			words = append(words, ")")
		}
	}
	return words
}

// take drops the next word if it is the one that is wanted.
func (e *expression) take(word string) bool {
	if len(e.words) == 0 || !strings.EqualFold(e.words[0], word) {
		return false
	}
	e.words = e.words[1:]
	return true
}

func (e *expression) or() (check, error) {
	first, err := e.and()
	if err != nil {
		return nil, err
	}
	either := anyOf{first}
	for e.take("or") {
		next, err := e.and()
		if err != nil {
			return nil, err
		}
		either = append(either, next)
	}
	return either, nil
}

func (e *expression) and() (check, error) {
	first, err := e.not()
	if err != nil {
		return nil, err
	}
	every := all{first}
	for e.take("and") {
		next, err := e.not()
		if err != nil {
			return nil, err
		}
		every = append(every, next)
	}
	return every, nil
}

func (e *expression) not() (check, error) {
	negated := false
	for e.take("not") {
		negated = !negated
	}
	operand, err := e.operand()
	if err == nil && negated {
		return not{operand}, nil
	}
	return operand, err
}

func (e *expression) operand() (check, error) {
	if e.take("(") {
		return e.group()
	}
	if len(e.words) == 0 {
		return nil, errors.New("it ends where a check is expected")
	}
	word := e.words[0]
	e.words = e.words[1:]
	return e.compiler.single(word, e.depth)
}

func (e *expression) group() (check, error) {
	if e.depth++; e.depth > maxDepth {
		return nil, errors.New("it is nested too deeply")
	}
	inner, err := e.or()
	if err != nil {
		return nil, err
	}
	if !e.take(")") {
		if len(e.words) > 0 {
			return nil, fmt.Errorf("a closing parenthesis is missing in front of %q", e.words[0])
		}
		return nil, errors.New("a closing parenthesis is missing")
	}
	e.depth--
	return inner, nil
}
