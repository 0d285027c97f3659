import Channels
import Identity
import ArgumentParser
import Foundation
import Glibc
import IdentityInterface
import Kernel
import Persistence

/// `sevensales doctor`: looks at everything that usually goes wrong and says what to do.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks the installation and says what to mend.")

    @OptionGroup var common: CommonOptions

    private struct Finding: Encodable { let check: String, ok: Bool, detail: String }

    func run() async throws {
        let installation = try await common.open()
        var findings = [
            Finding(check: "database", ok: true, detail: installation.configuration.database == nil ? "SQLite" : "PostgreSQL")
        ]
        findings.append(keyFile(installation))
        findings.append(space(installation))
        if let sqlite = installation.stores.data as? SQLiteDatabase {
            let level = try sqlite.synchronousLevel()
            findings.append(Finding(check: "durability", ok: level == 2, detail: "synchronous = \(level), 2 is FULL"))
        }
        let jobs = try await JobAdministration(database: installation.stores.data).counts()
        findings.append(
            Finding(
                check: "jobs", ok: jobs.dead == 0,
                detail:
                    "\(jobs.ready) waiting, \(jobs.running) running, \(jobs.dead) dead\(jobs.dead > 0 ? ": see sevensales jobs list --dead" : "")"
            ))
        for account in try await installation.identity.directory.accounts() {
            for channel in try await installation.channels.administration.list(account.id) where channel.problem != nil {
                findings.append(Finding(check: "channel \(channel.name)", ok: false, detail: channel.problem ?? ""))
            }
        }
        for finding in findings {
            try common.show(finding, "\(finding.ok ? "ok  " : "FIX ") \(finding.check): \(finding.detail)")
        }
        await installation.close()
        if findings.contains(where: { !$0.ok }) { throw ExitCode(1) }
    }

    private func keyFile(_ installation: Installation) -> Finding {
        guard installation.configuration.masterKeyText == nil else {
            return Finding(check: "master key", ok: true, detail: "from the environment")
        }
        let path = installation.folder.file("master.key").path
        return Finding(check: "master key", ok: true, detail: "\(path): keep a copy apart from backups of the data")
    }

    private func space(_ installation: Installation) -> Finding {
        var info = statvfs()
        guard statvfs(installation.folder.url.path, &info) == 0 else {
            return Finding(check: "disk", ok: false, detail: "cannot be measured")
        }
        let free = UInt64(info.f_bavail) * UInt64(info.f_frsize) / (1 << 20)
        return Finding(
            check: "disk", ok: free > 1_024, detail: "\(free) MB free\(free > 1_024 ? "" : ": make room, 1 GB at least")")
    }
}
