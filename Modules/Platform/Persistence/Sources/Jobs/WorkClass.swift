/// Whether somebody waits for the work at hand.
///
/// A request's answer is waited for; a job's effects are not, so they give way in a flood: what a provider sent is acknowledged first and
/// worked off after.
enum WorkClass {
    @TaskLocal static var isBackground = false
}
