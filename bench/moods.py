"""A mail server on loopback that misbehaves as it is told: at which verb, how, and for which mails."""

import base64
import contextlib
import os
import socket
import ssl
import struct
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ORDERED = ("greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "body", "dot", "RSET", "QUIT")
OF_ONE_MAIL = ("MAIL", "RCPT", "DATA", "body", "dot")
REPLIES = {
    "4xx": b"451 4.3.0 try later\r\n",
    "5xx": b"554 5.7.1 never\r\n",
    "421": b"421 4.3.2 closing\r\n",
    "garbage": b"\x00\xff<html>busy</html>\r\n",
}
ACTIONS = (*REPLIES, "drop", "reset", "tarpit")


class HungUp(Exception):  # noqa: N818 - nothing is wrong with that here
    """The conversation is over."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What the server does instead of answering, and when: `mails` are ordinals, of a mail's recipient as they came or else of the verb."""

    verb: str
    action: str
    mails: frozenset[int] | None = None

    def strikes(self, verb: str, number: int) -> bool:
        """Whether it is its turn."""
        return verb == self.verb and (self.mails is None or number in self.mails)

    def __str__(self) -> str:
        return f"{self.action} at {self.verb}" + ("" if self.mails is None else f" {sorted(self.mails)[:3]}")


@dataclass(kw_only=True)
class Mood:
    """A server's script until it is healed, and its memory."""

    faults: tuple[Fault, ...] = ()
    secure: bool = False
    certified: bool = True
    starttls: bool = True
    password: str = "right"
    healed: bool = False
    seen: Counter[str] = field(default_factory=Counter)
    recipients: list[str] = field(default_factory=list)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    connections: int = 0

    def fault(self, verb: str, recipient: str) -> str | None:
        """What goes wrong at this verb, if anything."""
        number = self.recipients.index(recipient) if recipient else self.seen[verb]
        self.seen[verb] += 1
        return None if self.healed else next((one.action for one in self.faults if one.strikes(verb, number)), None)

    @property
    def name(self) -> str:
        """What is wrong with the server, in words."""
        said = [str(fault) for fault in self.faults]
        said += [] if self.certified else ["bad certificate"]
        said += [] if self.starttls else ["no STARTTLS"]
        said += [] if self.password == "right" else ["wrong password"]
        return ", ".join(said)


class Server:
    """Listens on a port of loopback; a conversation goes by the mood it began with."""

    def __init__(self, folder: Path) -> None:
        self.mood = Mood()
        self.contexts = {certified: context(folder, f"certified-{certified}") for certified in (True, False)}
        os.environ["SSL_CERT_FILE"] = str(folder / "certified-True.pem")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            connection.settimeout(5)
            self.mood.connections += 1
            threading.Thread(target=self._serve, args=(self.mood, connection), daemon=True).start()

    def _serve(self, mood: Mood, connection: socket.socket) -> None:
        with contextlib.suppress(HungUp, OSError):
            Conversation(mood, connection, self.contexts[mood.certified or mood.healed]).hold()


class Conversation:
    """One connection, from the greeting to its end."""

    def __init__(self, mood: Mood, connection: socket.socket, tls: ssl.SSLContext) -> None:
        self.mood, self.tls, self.recipient = mood, tls, ""
        self._use(connection)

    def _use(self, connection: socket.socket) -> None:
        self.connection, self.lines = connection, connection.makefile("rb")

    def hold(self) -> None:
        """Greet, then answer until somebody hangs up."""
        try:
            self._answer("greeting", b"220 mail.example.org\r\n")
            while line := self.lines.readline():
                self._obey(line)
        finally:
            self.lines.close()
            self.connection.close()

    def _obey(self, line: bytes) -> None:
        verb, _, rest = line.strip().decode("ascii", "replace").partition(" ")
        match verb.upper():
            case "EHLO" | "HELO":
                offered = self.mood.secure and (self.mood.starttls or self.mood.healed)
                more = [b"STARTTLS"] * (offered and not isinstance(self.connection, ssl.SSLSocket))
                more += [b"AUTH PLAIN"] * isinstance(self.connection, ssl.SSLSocket)
                said = [b"mail.example.org", *more] if verb.upper() == "EHLO" else [b"mail.example.org"]
                self._answer("EHLO", b"".join(b"250%s%s\r\n" % (b"-" if one is not said[-1] else b" ", one) for one in said))
            case "STARTTLS":
                self._answer("STARTTLS", b"220 go on\r\n")
                self._use(self.tls.wrap_socket(self.connection, server_side=True))
            case "AUTH":
                given = base64.b64decode(rest.partition(" ")[2]).split(b"\0")[-1].decode()
                right = given == self.mood.password or self.mood.healed
                self._answer("AUTH", b"235 welcome\r\n" if right else b"535 5.7.8 wrong password\r\n")
            case "RCPT":
                self.recipient = rest.partition("<")[2].partition(">")[0]
                if self.recipient not in self.mood.recipients:
                    self.mood.recipients.append(self.recipient)
                self._answer("RCPT", b"250 OK\r\n")
            case "DATA":
                if self._answer("DATA", b"354 go on\r\n"):
                    self._take()
            case "QUIT":
                self._answer("QUIT", b"221 bye\r\n")
                raise HungUp
            case known:
                self.recipient = ""
                self._answer(known, b"250 OK\r\n")

    def _take(self) -> None:
        usual = self._answer("body", b"")
        lines: list[bytes] = []
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise HungUp
            lines.append(line[line.startswith(b"..") :])
        if not usual:
            raise HungUp  # who interrupts a mail takes none
        # The worst server stores what it never acknowledges.
        if self.mood.fault("dot", self.recipient) in (None, "drop", "reset", "garbage", "tarpit"):
            self.mood.taken.append((self.recipient, b"".join(lines)))
        self._answer("dot", b"250 2.0.0 taken\r\n")

    def _answer(self, verb: str, usual: bytes) -> bool:
        """Say what is usual, or what is wrong; tells whether it was the usual. Raises HungUp."""
        action = self.mood.fault(verb, self.recipient if verb in OF_ONE_MAIL else "")
        if action == "5xx" and verb in ("RCPT", "DATA", "body", "dot"):
            self.mood.refused.add(self.recipient)
        if action == "tarpit":
            while self.connection.recv(65536):
                pass
        if action == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.sendall(usual if action is None else REPLIES.get(action, b""))
        if action in ("421", "drop", "reset", "tarpit") or (verb == "greeting" and action):
            raise HungUp
        return action is None


def context(folder: Path, name: str) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / f"{name}.pem")
    return tls
