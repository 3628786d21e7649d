"""What clients do with images, through python3-glanceclient.

Arguments: the URL of glance-api, the tokens of an owner and of a member, the project of
the member, and an image that is there already. Without the last one it makes an image and
prints its id.
"""
import sys

from glanceclient.v2 import client

url, owner_token, member_token, project = sys.argv[1:5]
owner, member = client.Client(url, token=owner_token), client.Client(url, token=member_token)


def create(name):
    image = owner.images.create(name=name, disk_format="raw", container_format="bare", visibility="shared", os_type="linux")
    owner.images.upload(image.id, "data of " + name)
    assert owner.images.get(image.id).status == "active"
    return image.id


def data(image):
    return b"".join(owner.images.data(image))


if len(sys.argv) == 5:
    print(create("kept"))
    sys.exit()
kept, image = sys.argv[5], create("tour")
owner.images.update(image, remove_props=["os_type"], min_disk=3)
owner.image_tags.update(image, "a-tag")
owner.image_members.create(image, project)
member.image_members.update(image, project, "accepted")
assert {image, kept} <= {i.id for i in owner.images.list()}
assert image in {i.id for i in member.images.list()}
shown = member.images.get(image)
assert shown.tags == ["a-tag"] and shown.min_disk == 3 and "os_type" not in shown, shown
assert data(image) == b"data of tour" and data(kept) == b"data of kept"
owner.images.delete(image)
assert image not in {i.id for i in owner.images.list()}
