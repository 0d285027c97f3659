/// A value whose content shows neither in string interpolation nor in `dump`, `debugPrint` or a mirror.
///
/// `description` must say only what kind of value it is.
package protocol Concealed: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Concealed {
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
