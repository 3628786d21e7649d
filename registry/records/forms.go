package records

import "sync/atomic"

// Form names one way in which a protocol shows an image, such as without its
// locations.
type Form uint8

// RPCForms is the first form of registry v2; those before are of v1.
const RPCForms Form = 64

// Forms keeps the encoded forms of one record, for as long as the record itself
// is kept. They are made when they are asked for first. A record that no one
// keeps has no Forms.
type Forms struct {
	image *Image
	grown func(bytes int)
	first atomic.Pointer[form]
}

type form struct {
	name Form
	text []byte
	next *form
}

// NewForms makes an image one whose forms are kept. grown gets how many
// bytes each form takes.
func NewForms(image *Image, grown func(bytes int)) {
	image.forms = &Forms{image: image, grown: grown}
}

// AppendForm appends a form of the image to dst: the one that is kept, or what
// encode makes of the image, which is kept if it can be. encode may depend on
// nothing but the image and the name of the form.
func (i *Image) AppendForm(dst []byte, name Form, encode func(dst []byte) ([]byte, error)) ([]byte, error) {
	f := i.forms
	if f == nil || f.image != i { // a changed copy is another image
		return encode(dst)
	}
	if text := f.get(name); text != nil {
		return append(dst, text...), nil
	}
	start := len(dst)
	dst, err := encode(dst)
	if err != nil {
		return dst, err
	}
	f.put(name, append([]byte(nil), dst[start:]...))
	return dst, nil
}

func (f *Forms) get(name Form) []byte {
	for n := f.first.Load(); n != nil; n = n.next {
		if n.name == name {
			return n.text
		}
	}
	return nil
}

func (f *Forms) put(name Form, text []byte) {
	added := &form{name: name, text: text}
	for {
		added.next = f.first.Load()
		if f.get(name) != nil {
			return
		}
		if f.first.CompareAndSwap(added.next, added) {
			f.grown(len(text))
			return
		}
	}
}
