import Bootstrap

await Program.run(WorkerCommand.self)
