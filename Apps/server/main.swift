import Bootstrap

Program.run(ServerCommand.self)
