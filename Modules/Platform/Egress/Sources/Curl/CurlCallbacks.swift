import CCurl
import Glibc

/// What curl calls back. Each gets the transfer as its context and runs on the loop's thread.
enum CurlCallbacks {
    static let write: ccurl_data = { bytes, size, count, context in
        guard let transfer = CurlTransfer.from(context) else { return 0 }
        let taken = transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size &* count))
        return taken ?? Int(CURL_WRITEFUNC_PAUSE)
    }

    static let head: ccurl_data = { bytes, size, count, context in
        guard let transfer = CurlTransfer.from(context) else { return 0 }
        let length = size &* count
        return transfer.takeHead(UnsafeRawBufferPointer(start: bytes, count: length)) ? length : 0
    }

    static let read: ccurl_data = { bytes, size, count, context in
        guard let transfer = CurlTransfer.from(context) else { return Int(CURL_READFUNC_ABORT) }
        return transfer.giveMail(UnsafeMutableRawBufferPointer(start: bytes, count: size &* count))
    }

    /// The guard's last word: no socket is made for an address that it refuses, whatever a name resolved to.
    static let openSocket: curl_opensocket_callback = { context, _, address in
        guard let transfer = CurlTransfer.from(context), let address else { return CURL_SOCKET_BAD }
        // An IPv6 `sockaddr` is longer than the field's type; curl keeps room for every kind behind it.
        let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(address) + offset, count: min(Int(address.pointee.addrlen), 128))
        let ip = IPAddress(family: address.pointee.family, socketAddress: bytes)
        guard transfer.accepts(ip) else { return CURL_SOCKET_BAD }
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, type, address.pointee.protocol)
    }

    static let beforeRequest: curl_prereq_callback = { context, address, _, _, _ in
        guard let transfer = CurlTransfer.from(context), let address else { return CURL_PREREQFUNC_ABORT }
        return transfer.mayWrite(to: String(cString: address)) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
}
