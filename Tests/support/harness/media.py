"""Files as customers and operators send them, made by hand: small, whole, and with what their cameras wrote into them."""
import struct

#: What must not leave with a picture.
CAMERA, PLACE = b"SecretCamera", b"SecretPlace"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(turned: int) -> bytes:
    """Maker, turning and a position, as a phone writes them."""
    def entry(tag, kind, count, value: bytes):
        return struct.pack(">HHI", tag, kind, count) + value.ljust(4, b"\0")
    count, heap = 3, 8 + 2 + 3 * 12 + 4
    maker, gps = CAMERA + b"\0", heap + len(CAMERA) + 2
    first = struct.pack(">H", count) + entry(0x010F, 2, len(maker), struct.pack(">I", heap)) + entry(0x0112, 3, 1, struct.pack(">H", turned)) \
        + entry(0x8825, 4, 1, struct.pack(">I", gps)) + bytes(4)
    method = b"ASCII\0\0\0" + PLACE
    after = gps + 2 + 3 * 12 + 4
    position = struct.pack(">H", 3) + entry(1, 2, 2, b"N\0") + entry(2, 5, 3, struct.pack(">I", after)) \
        + entry(0x1B, 7, len(method), struct.pack(">I", after + 24)) + bytes(4)
    degrees = struct.pack(">6I", 43, 1, 14, 1, 1979, 100)
    return b"Exif\0\0" + b"MM\0*\0\0\0\x08" + first + maker + b"\0" + position + degrees + method


def jpeg(turned: int = 6, gray: int = 0, camera: bool = True) -> bytes:
    """A grey square of 16 pixels that every decoder reads. `gray` makes pictures differ."""
    tables = segment(0xDB, b"\0" + bytes([1] * 64)) + segment(0xC0, b"\x08" + struct.pack(">HH", 16, 16) + b"\x01\x01\x11\0")
    # One code each: a difference of no bits, and the end of a block.
    codes = segment(0xC4, b"\0\x01" + bytes(15) + b"\0") + segment(0xC4, b"\x10\x01" + bytes(15) + b"\0")
    scan = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\0"
    # What a program of one's own may keep: no decoder minds.
    mark = segment(0xE0, b"JFIF\0\x01\x01\0" + struct.pack(">HH", 72 + gray, 72) + b"\0\0")
    told = segment(0xE1, exif(turned)) + segment(0xFE, b"a comment of " + CAMERA) if camera else b""
    return b"\xff\xd8" + mark + told + tables + codes + scan + b"\xff\xd9" + (CAMERA if camera else b"")


def body(picture: bytes) -> bytes:
    """The picture itself, without what is written about it."""
    return picture[picture.index(b"\xff\xdb"):].split(b"\xff\xd9")[0] + b"\xff\xd9"


def turning(picture: bytes) -> int | None:
    """How the picture says that it is turned."""
    at = picture.find(b"\x01\x12\0\x03\0\0\0\x01")
    return struct.unpack(">H", picture[at + 8:at + 10])[0] if at >= 0 else None


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


OGG = b"OggS\0\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01" + bytes(700)
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\0" + bytes(700)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n" + "Договор поставки № 4711".encode() + b"\n%%EOF\n"
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
MP4 = box(b"ftyp", b"isom\0\0\x02\0isommp42") + box(b"moov", box(b"mvhd", bytes(100)) + box(b"udta", PLACE)) + box(b"mdat", bytes(500))
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def heic(place: bytes = PLACE) -> bytes:
    """A picture as new phones write it: its Exif item lies behind the coded picture."""
    def full(name, version, content):
        return box(name, bytes([version, 0, 0, 0]) + content)
    coded, told = bytes(range(200)), struct.pack(">I", 6) + b"Exif\0\0MM\0*" + CAMERA + place
    kinds = full(b"iinf", 0, struct.pack(">H", 2) + full(b"infe", 2, struct.pack(">HH", 1, 0) + b"hvc1\0") + full(b"infe", 2, struct.pack(">HH", 2, 0) + b"Exif\0"))

    def whole(start: int) -> bytes:
        places = full(b"iloc", 1, b"\x44\x00" + struct.pack(">H", 2) + struct.pack(">HHHHII", 1, 0, 0, 1, start, len(coded))
                      + struct.pack(">HHHHII", 2, 0, 0, 1, start + len(coded), len(told)))
        meta = full(b"meta", 0, full(b"hdlr", 0, bytes(4) + b"pict" + bytes(13)) + kinds + places)
        return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta + box(b"mdat", coded + told)
    return whole(len(whole(0)) - len(coded) - len(told))
