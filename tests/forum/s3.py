"""An S3 server of our own: moto's, as a process on the loopback, with what boto3 sends and gets going over a real socket."""

import os
import subprocess
import sys
from contextlib import contextmanager

import boto3

from tests.browser.site import free_port, wait_for_port

KEYS = {"AWS_ACCESS_KEY_ID": "plenary", "AWS_SECRET_ACCESS_KEY": "nobody-knows", "AWS_EC2_METADATA_DISABLED": "true"}


class Server:
    """`bucket` is what lies in it, as its owner sees it, past Plenary."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self.address = f"s3://plenary-files/attachments?region_name=eu-west-2&endpoint_url={self.url}"
        keys = {"aws_access_key_id": KEYS["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": KEYS["AWS_SECRET_ACCESS_KEY"]}
        self._s3 = boto3.resource("s3", region_name="eu-west-2", endpoint_url=self.url, **keys)
        self.bucket = self._s3.Bucket("plenary-files")

    def empty(self):
        self.bucket.objects.delete()

    @property
    def names(self):
        return sorted(each.key for each in self.bucket.objects.all())


@contextmanager
def served():
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    running = subprocess.Popen(command, env={**os.environ, **KEYS}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port, running)
        server = Server(port)
        server.bucket.create(CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        yield server
    finally:
        running.kill()
        running.wait()
