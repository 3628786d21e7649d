"""What python-glanceclient does with the Images API v1.

    glanceclient_v1.py URL TOKEN OTHER-PROJECT
"""
import io
import sys

import glanceclient
from glanceclient import exc

url, token, other = sys.argv[1:]
glance = glanceclient.Client('1', url, token=token)


def check(what, got, want):
    if got != want:
        sys.exit('%s: got %r, want %r' % (what, got, want))


image = glance.images.create(name='by glanceclient', disk_format='raw', container_format='bare',
                             data=io.BytesIO(b'hello'), properties={'os_type': 'linux'})
check('status', image.status, 'active')
check('checksum', image.checksum, '5d41402abc4b2a76b9719d911017c592')
shown = glance.images.get(image.id)
check('size', shown.size, 5)
check('formats', (shown.disk_format, shown.container_format), ('raw', 'bare'))
check('properties', shown.properties, {'os_type': 'linux'})
check('is_public', shown.is_public, False)
check('data', b''.join(glance.images.data(image.id)), b'hello')
changed = glance.images.update(image.id, name='renamed', min_ram=64)
check('name', (changed.name, changed.min_ram, changed.properties), ('renamed', 64, {'os_type': 'linux'}))
check('list', [i.id for i in glance.images.list(filters={'name': 'renamed'})], [image.id])
check('page', image.id in [i.id for i in glance.images.list(page_size=1, owner=shown.owner)], True)
glance.image_members.create(image.id, other, can_share=True)
check('members', [(m.member_id, m.can_share) for m in glance.image_members.list(image=image.id)], [(other, True)])
glance.image_members.delete(image.id, other)
check('no members', list(glance.image_members.list(image=image.id)), [])
queued = glance.images.create(name='queued', is_public=None)
check('queued', (queued.status, queued.size), ('queued', 0))
for i in (image, queued):
    glance.images.delete(i.id)
try:
    glance.images.get(image.id)
    sys.exit('a deleted image is found')
except exc.HTTPNotFound:
    pass
