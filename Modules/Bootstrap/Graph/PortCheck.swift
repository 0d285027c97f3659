import Glibc

/// Finds out whether an address can be listened on before anything else is started.
enum PortCheck {
    /// Throws `StartupError` when the name is unknown, or the port taken or not allowed.
    static func isFree(host: String, port: Int) throws {
        guard port > 0, port < 65_536 else {
            if port == 0 { return }
            throw StartupError("--listen: \(port) is not a port number")
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
            var found: UnsafeMutablePointer<addrinfo>?
            let status = getaddrinfo(host, nil, nil, &found)
            if let found { freeaddrinfo(found) }
            guard status == 0 else {
                throw StartupError("--listen: \(host) is no address of this machine: \(String(cString: gai_strerror(status)))")
            }
            return
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            throw StartupError(
                "\(host):\(port) cannot be listened on (\(String(cString: strerror(errno)))): choose another address with --listen HOST:PORT"
            )
        }
    }
}
