import Bootstrap

Program.run(WorkerCommand.self)
