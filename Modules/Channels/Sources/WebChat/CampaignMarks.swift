import Foundation

/// The marks that advertisers append to the address of a page: `utm_source` and its kin.
enum CampaignMarks {
    private static let names = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"]
    private static let longest = 200

    /// `instagram / story / may-sale`; nil without any.
    static func of(_ url: String) -> String? {
        let items = URLComponents(string: url)?.queryItems ?? []
        let marks = names.compactMap { name -> String? in
            // Forms write a space as a plus.
            let value = items.first { $0.name == name }?.value?.replacing("+", with: " ").trimmingCharacters(in: .whitespaces)
            return value?.isEmpty == false ? value : nil
        }
        return marks.isEmpty ? nil : String(marks.joined(separator: " / ").prefix(longest))
    }
}
