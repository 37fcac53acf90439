"""A page's end of a socket, for tests: channels.testing itself wants daphne, which we do not have."""

import json

from asgiref.testing import ApplicationCommunicator


class Socket(ApplicationCommunicator):
    """Speaks JSON with an ASGI application; every wait ends after five seconds."""

    def __init__(self, application, path, headers):
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": b"",
            "headers": headers,
            "subprotocols": [],
            "asgi": {"version": "3.0"},
        }
        super().__init__(application, scope)

    async def connect(self):
        """True iff the socket was accepted."""
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(timeout=5))["type"] == "websocket.accept"

    async def say(self, text=None, data=None):
        await self.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def tell(self, **frame):
        await self.say(json.dumps(frame))

    async def hear(self):
        message = await self.receive_output(timeout=5)
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def ask(self, **frame):
        await self.tell(**frame)
        return await self.hear()

    async def hears_nothing(self, seconds=0.5):
        return await self.receive_nothing(timeout=seconds)

    async def closing_code(self):
        message = await self.receive_output(timeout=5)
        assert message["type"] == "websocket.close", message
        await self.leave(message["code"])
        return message["code"]

    async def leave(self, code=1000):
        await self.send_input({"type": "websocket.disconnect", "code": code})
        await self.wait(timeout=5)
