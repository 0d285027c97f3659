/// Which addresses and ports may be reached. It belongs to the installation: no account can change it.
package struct EgressPolicy: Sendable {
    /// Networks that are reachable though they are not public, over http as well and on any port: `--egress-allow`.
    package let allowedPrivateNetworks: [NetworkRange]
    /// Ports of public hosts, for https.
    package let ports: Set<Int>
    /// Ports of public mail servers.
    package let mailPorts: Set<Int>

    package init(
        allowedPrivateNetworks: [NetworkRange] = [], ports: Set<Int> = [443], mailPorts: Set<Int> = [465, 587]
    ) {
        (self.allowedPrivateNetworks, self.ports, self.mailPorts) = (allowedPrivateNetworks, ports, mailPorts)
    }

    /// What the guard would say of `url` before a name is resolved; nil when it may be tried. For telling whoever types an address in: the
    /// guard looks again at each request.
    package func refusal(of url: String) -> EgressError? {
        do {
            let target = try EgressTarget(url, policy: self)
            guard let address = target.literal, !permits(address) else { return nil }
            return EgressError(.blocked(.address(address.description)))
        } catch { return error as? EgressError ?? EgressError(.invalidURL("unreadable")) }
    }

    package func isAllowedPrivate(_ address: IPAddress) -> Bool {
        allowedPrivateNetworks.contains { $0.contains(address) }
    }

    /// Whether a connection to `address` may be opened.
    package func permits(_ address: IPAddress) -> Bool { address.isPublic || isAllowedPrivate(address) }
}

extension IPAddress {
    /// The IANA special-purpose registries, without what is globally reachable.
    private static let special = ranges(
        // IPv4: this network, private, carrier NAT, loopback, link-local (cloud metadata), protocol assignments,
        // documentation, 6to4 relays, benchmarks, multicast, reserved and broadcast.
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        // IPv6: protocol assignments with Teredo, documentation, 6to4 (an IPv4 address inside).
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

    /// All of global unicast. So ::1, ::, fc00::/7, fe80::/10, ff00::/8, 64:ff9b::/96 and whatever comes are outside.
    private static let globalUnicast = ranges("2000::/3")

    /// Whether this is an address of the public internet.
    package var isPublic: Bool {
        if bytes.count == 16, !Self.globalUnicast.contains(where: { $0.contains(self) }) { return false }
        return !Self.special.contains { $0.contains(self) }
    }

    /// A misspelt range is a test's failure, not a trap.
    private static func ranges(_ texts: String...) -> [NetworkRange] { texts.compactMap { NetworkRange($0) } }
}
