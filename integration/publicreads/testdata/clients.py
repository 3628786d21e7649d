"""The life of an image, written by one client and read by another.

    clients.py AUTH-URL WRITER READER < USERS

WRITER and READER are openstack, the command line of python-openstackclient, or glance,
the library python-glanceclient. USERS is JSON with the name, the password, the
project's name and its id of the owner, a colleague in the owner's project, a guest
and a stranger. Whatever is written, others read at once, as they did before. The
script prints how many reads there were, and how many of them were late. It fails
where one is wrong for longer than the change feed may take.
"""
import contextlib
import io
import json
import multiprocessing
import sys
import tempfile
import time

import glanceclient
from glanceclient import exc
from keystoneauth1 import session
from keystoneauth1.identity import v3
from openstackclient import shell

auth_url, writer, reader = sys.argv[1:]
users = json.load(sys.stdin)
BOUND = 2  # seconds
reads, late = 0, 0
fork = multiprocessing.get_context('fork')
data = tempfile.NamedTemporaryFile()
data.write(b'data')
data.flush()


class Missing(Exception):
    pass


class Openstack:
    """Runs commands as the program does."""

    def __init__(self, user):
        self.auth = ['--os-identity-api-version', '3', '--os-auth-url', auth_url, '--os-username', user['Name'], '--os-password', user['Password'],
                     '--os-project-name', user['ProjectName'], '--os-user-domain-id', 'default', '--os-project-domain-id', 'default']

    def run(self, *command):
        """Runs a command in a process of its own, which need not import everything again."""
        here, there = fork.Pipe()
        process = fork.Process(target=self.send, args=(there, command))
        process.start()
        code, out = here.recv()
        process.join()
        if code and 'No Image found' in out:
            raise Missing
        if code:
            sys.exit('openstack image %s: %s' % (command, out))
        return out

    def send(self, pipe, command):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = shell.OpenStackShell().run([*self.auth, 'image', *command])
        pipe.send((code, err.getvalue() if code else out.getvalue()))

    def create(self, name):
        made = self.run('create', '-f', 'json', '--disk-format', 'raw', '--container-format', 'bare', '--file', data.name, '--shared', name)
        return json.loads(made)['id']

    def show(self, image):
        shown = json.loads(self.run('show', '-f', 'json', image))
        return shown['name'], shown['status']

    def list(self):
        return {i['ID']: i['Name'] for i in json.loads(self.run('list', '-f', 'json'))}

    def rename(self, image, name):
        self.run('set', '--name', name, image)

    def share(self, image, project):
        self.run('add', 'project', image, project)

    def accept(self, image, project):
        self.run('set', '--accept', image)

    def members(self, image):
        return {m['Member ID']: m['Status'] for m in json.loads(self.run('member', 'list', '-f', 'json', image))}

    def unshare(self, image, project):
        self.run('remove', 'project', image, project)

    def delete(self, image):
        self.run('delete', image)


class Glance:
    """Makes a client for each call, as Nova and Cinder do."""

    def __init__(self, user):
        self.session = session.Session(v3.Password(
            auth_url=auth_url, username=user['Name'], password=user['Password'], project_name=user['ProjectName'],
            user_domain_id='default', project_domain_id='default'))

    @property
    def client(self):
        return glanceclient.Client('2', session=self.session)

    def create(self, name):
        image = self.client.images.create(name=name, disk_format='raw', container_format='bare', visibility='shared')
        self.client.images.upload(image.id, io.BytesIO(b'data'))
        return image.id

    def show(self, image):
        try:
            shown = self.client.images.get(image)
        except exc.HTTPNotFound:
            raise Missing
        return shown.name, shown.status

    def list(self):
        return {i.id: i.name for i in self.client.images.list()}

    def rename(self, image, name):
        self.client.images.update(image, name=name)

    def share(self, image, project):
        self.client.image_members.create(image, project)

    def accept(self, image, project):
        self.client.image_members.update(image, project, 'accepted')

    def members(self, image):
        return {m.member_id: m.status for m in self.client.image_members.list(image)}

    def unshare(self, image, project):
        self.client.image_members.delete(image, project)

    def delete(self, image):
        self.client.images.delete(image)


kinds = {'openstack': Openstack, 'glance': Glance}
write = {name: kinds[writer](user) for name, user in users.items()}
read = {name: kinds[reader](user) for name, user in users.items()}


def shown(who):
    try:
        return read[who].show(image)
    except Missing:
        return None


def listed(who):
    return read[who].list().get(image)


def members(who):
    return read[who].members(image)


def expect(step, *wanted):
    """Reads twice, so that the answers are kept when the next write comes."""
    global reads, late
    for _ in range(2):
        for what, who, want in wanted:
            began = time.monotonic()
            got = what(who)
            reads += 1
            if got != want:
                late += 1
            while got != want:
                if time.monotonic() - began > BOUND:
                    sys.exit('after %s, %s %s: got %r, want %r' % (step, what.__name__, who, got, want))
                got = what(who)


guest = users['guest']['Project']
image = write['owner'].create('first')
expect('create', (shown, 'colleague', ('first', 'active')), (listed, 'colleague', 'first'), (shown, 'stranger', None), (listed, 'guest', None))
write['owner'].rename(image, 'second')
expect('rename', (shown, 'colleague', ('second', 'active')), (listed, 'colleague', 'second'), (shown, 'guest', None))
write['owner'].share(image, guest)
expect('share', (shown, 'guest', ('second', 'active')), (listed, 'guest', None), (members, 'colleague', {guest: 'pending'}))
write['guest'].accept(image, guest)
expect('accept', (listed, 'guest', 'second'), (members, 'colleague', {guest: 'accepted'}))
write['owner'].unshare(image, guest)
expect('unshare', (shown, 'guest', None), (listed, 'guest', None), (members, 'colleague', {}))
write['owner'].delete(image)
expect('delete', (shown, 'colleague', None), (listed, 'colleague', None))
print('%d reads, %d of them late' % (reads, late))
