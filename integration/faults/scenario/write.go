package scenario

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// life is one image and its writer.
type life struct {
	*image
	load *Load
	now  state // acknowledged
}

// live is the life of an image. It ends early where the outcome of a write is
// not known; then it is false.
func (l *Load) live(writer, round int) bool {
	i := &life{image: newImage(fmt.Sprintf("%08d-%04d%s", round, writer, l.suffix)), load: l}
	if !i.create(round%2 == 0) {
		return false
	}
	for n := range 3 {
		for _, change := range []func(int) bool{i.putName, i.updateName, i.addTag, i.setTags, i.putMember, i.share, i.removeMember} {
			if l.stopped() {
				return true
			}
			if !change(n) {
				return false
			}
		}
	}
	return round%4 > 0 || i.rest(state{}, http.MethodDelete, "", nil)
}

func (i *life) create(overRPC bool) bool {
	next := state{there: true, name: "new"}
	values := object{
		"id": i.id, "name": next.name, "status": "active", "owner": "owner", "disk_format": "raw", "container_format": "bare",
		"properties": object{"p": next.name},
	}
	// From the moment of the request on it may be read.
	i.load.mu.Lock()
	i.load.images = append(i.load.images, i.image)
	i.load.mu.Unlock()
	if overRPC {
		_, ok := i.rpc(next, command{"image_create", object{"values": values}})
		return ok
	}
	i.write(next)
	return i.done(next, i.load.send(0, http.MethodPost, "/images", object{"image": values}))
}

func (i *life) putName(n int) bool {
	next := i.now
	next.name = fmt.Sprint("put ", n)
	return i.rest(next, http.MethodPut, "", object{"image": object{"name": next.name, "properties": object{"p": next.name}}})
}

func (i *life) updateName(n int) bool {
	next := i.now
	next.name = fmt.Sprint("update ", n)
	_, ok := i.rpc(next, command{"image_update", object{
		"image_id": i.id, "values": object{"name": next.name, "properties": object{"p": next.name}}, "purge_props": n%2 == 0,
	}})
	return ok
}

func (i *life) addTag(n int) bool {
	tags := []string{fmt.Sprint("added", n)}
	if n > 0 {
		tags = append(tags, setTag(n-1))
	}
	_, ok := i.rpc(i.now.tagged(tags...), command{"image_tag_create", object{"image_id": i.id, "value": fmt.Sprint("added", n)}})
	return ok
}

func (i *life) setTags(n int) bool {
	_, ok := i.rpc(i.now.tagged(setTag(n)), command{"image_tag_set_all", object{"image_id": i.id, "tags": []string{setTag(n)}}})
	return ok
}

func setTag(n int) string { return fmt.Sprint("set", n) }

func (i *life) putMember(n int) bool {
	id := fmt.Sprint("put", n)
	return i.rest(i.now.with(id, member{n%2 == 0, "pending"}), http.MethodPut, "/members/"+id,
		object{"member": object{"can_share": n%2 == 0}})
}

// share makes a member that accepts the image.
func (i *life) share(n int) bool {
	id := fmt.Sprint("shared", n)
	result, ok := i.rpc(i.now.with(id, member{false, "pending"}), command{"image_member_create", object{
		"values": object{"image_id": i.id, "member": id, "can_share": false},
	}})
	if !ok {
		return false
	}
	var row struct{ ID int64 }
	if err := json.Unmarshal(result, &row); err != nil {
		i.load.complain("image_member_create: %v in %s", err, result)
		return false
	}
	_, ok = i.rpc(i.now.with(id, member{true, "accepted"}), command{"image_member_update", object{
		"memb_id": row.ID, "values": object{"image_id": i.id, "member": id, "can_share": true, "status": "accepted"},
	}})
	return ok
}

func (i *life) removeMember(n int) bool {
	id := fmt.Sprint("put", n)
	return i.rest(i.now.without(id), http.MethodDelete, "/members/"+id, nil)
}

// rest writes by registry v1.
func (i *life) rest(next state, method, path string, body any) bool {
	i.write(next)
	return i.done(next, i.load.send(0, method, "/images/"+i.id+path, body))
}

// rpc writes by registry v2.
func (i *life) rpc(next state, c command) (result json.RawMessage, ok bool) {
	i.write(next)
	a := i.load.call(0, c)
	if !i.done(next, a) {
		return nil, false
	}
	if e := inBand(a.results[0]); e != "" {
		i.load.complain("%s of image %s, which is there: %s", c.Name, i.id, e)
		return nil, false
	}
	return a.results[0], true
}

// done reads whether a write was acknowledged.
func (i *life) done(next state, a *answer) bool {
	if !a.ok() {
		return false
	}
	if a.status == http.StatusNotFound {
		i.load.complain("a write of image %s, which is there: not found", i.id)
		return false
	}
	i.ack()
	i.now = next
	i.load.acked.Add(1)
	return true
}
