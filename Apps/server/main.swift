import Bootstrap

await Program.run(ServerCommand.self)
