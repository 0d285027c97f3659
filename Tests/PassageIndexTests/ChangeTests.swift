import Foundation
import Kernel
import Synchronization
import Testing

@testable import PassageIndex

struct ChangeTests {
    @Test func `what is added is found at once and what is removed never again`() throws {
        let index = try PassageIndex(folder: nil)
        let (a, b) = (Passage.sample("диван"), Passage.sample("диван и кресло"))
        index.add([a, b])
        #expect(index.count == 2 && index.search("диван", top: 5).count == 2)
        index.remove(entry: a.entry)
        #expect(index.search("диван", top: 5).map(\.passage) == [b.id])
        index.remove(entry: a.entry)
        #expect(index.count == 1)
        index.remove(entry: b.entry)
        #expect(index.count == 0 && index.segments == 0 && index.search("диван", top: 5).isEmpty)
    }

    @Test func `a passage added again is replaced`() throws {
        let index = try PassageIndex(folder: nil)
        let old = Passage.sample("диван")
        let new = Passage(id: old.id, entry: old.entry, title: "", text: "кресло", language: .russian)
        index.add([old])
        index.add([new])
        index.add([old, new])
        #expect(index.count == 1)
        #expect(index.search("диван", top: 5).isEmpty && index.search("кресло", top: 5).count == 1)
    }

    @Test func `after random changes the top is the top of brute force over what is left`() throws {
        for seed in UInt64(1)...15 {
            var corpus = Corpus(seed &+ 5_000)
            let index = try PassageIndex(folder: nil)
            var left: [Passage] = []
            for step in 0..<25 {
                let added = corpus.passages(Int.random(in: 1...60, using: &corpus.generator), entries: 12)
                let entry = Identifier<EntrySubject>(high: 7, low: UInt64.random(in: 0..<12, using: &corpus.generator))
                if step % 3 == 0 {
                    index.replace(entry: entry, with: added)
                    left.removeAll { $0.entry == entry }
                } else {
                    index.add(added)
                }
                left += added
                if step % 5 == 0 { _ = index.mergeOnce() }
            }
            #expect(index.count == left.count)
            let query = corpus.query()
            #expect(Set(index.search(query, top: 1_000).map(\.passage)).isSubset(of: left.map(\.id)))
            index.mergeAll()
            #expect(index.search(query, top: 20) == BruteForce(left).search(query, top: 20), "seed \(seed)")
        }
    }

    @Test func `single additions leave few segments`() throws {
        let index = try PassageIndex(folder: nil)
        for number in 0..<2_000 { index.add([.sample("диван \(number)")]) }
        #expect(index.count == 2_000 && index.segments < 40)
        #expect(index.search("1234", top: 5).count == 1)
    }

    @Test func `a search sees a replacement as a whole`() throws {
        let index = try PassageIndex(folder: nil)
        let entry = Identifier<EntrySubject>()
        let versions = (0..<2).map { version in
            (0..<20).map { _ in Passage.sample("диван версия\(version)", entry: entry) }
        }
        let ids = versions.map { Set($0.map(\.id)) }
        index.add(versions[0])
        for number in 0..<300 { index.add([.sample("кресло \(number)")]) }
        let isDone = Mutex(false)
        let torn = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 3) { thread in
            if thread == 0 {
                for round in 1...200 {
                    index.replace(entry: entry, with: versions[round % 2])
                    if round % 20 == 0 { _ = index.mergeOnce() }
                }
                isDone.withLock { $0 = true }
            } else {
                while !isDone.withLock({ $0 }) {
                    let found = Set(index.search("диван", top: 100).map(\.passage))
                    if !ids.contains(found) { torn.withLock { $0 += 1 } }
                }
            }
        }
        #expect(torn.withLock { $0 } == 0)
    }

    @Test func `adding, removing, merging, flushing and searching at once loses nothing`() throws {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "passage-index-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let index = try PassageIndex(folder: folder)
        let isDone = Mutex(false)
        DispatchQueue.concurrentPerform(iterations: 5) { thread in
            switch thread {
            case 0, 1:
                for number in 0..<400 {
                    let entry = Identifier<EntrySubject>(high: UInt64(thread), low: UInt64(number))
                    index.add([.sample("диван тест\(number)", entry: entry), .sample("кресло", entry: entry)])
                    if number % 2 == 0 { index.remove(entry: entry) }
                }
                isDone.withLock { $0 = true }
            case 2: while !isDone.withLock({ $0 }) { _ = index.mergeOnce() }
            case 3: while !isDone.withLock({ $0 }) { try? index.flush() }
            default: while !isDone.withLock({ $0 }) { _ = index.search("диван кресло тест7", top: 10) }
            }
        }
        #expect(index.count == 800)
        try index.flush(mark: 3)
        let reopened = try PassageIndex(folder: folder)
        #expect(reopened.count == 800 && reopened.mark == 3)
        #expect(reopened.search("диван", top: 1_000).count == 400)
    }

    @Test func `the files are whole after every flush, whatever is added meanwhile`() throws {
        let folder = FileTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let index = try PassageIndex(folder: folder)
        let isDone = Mutex(false)
        DispatchQueue.concurrentPerform(iterations: 2) { thread in
            if thread == 0 {
                for number in 0..<600 {
                    let entry = Identifier<EntrySubject>(high: 0, low: UInt64(number % 50))
                    index.replace(entry: entry, with: [.sample("диван тест\(number)", entry: entry)])
                }
                isDone.withLock { $0 = true }
            } else {
                while !isDone.withLock({ $0 }) {
                    #expect(throws: Never.self) {
                        try index.flush()
                        #expect(try PassageIndex(folder: folder).count <= 50)
                    }
                    _ = index.mergeOnce()
                }
            }
        }
        try index.flush()
        #expect(try PassageIndex(folder: folder).count == 50)
    }
}
