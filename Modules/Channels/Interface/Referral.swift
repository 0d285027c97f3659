import Kernel

/// What brought a customer, or what they write about: an advertisement, a link, a listing, a story, a page of the site.
///
/// All of it comes from outside, and some of it the customer can choose: it is shown, and never believed.
package struct Referral: Codable, Hashable, Sendable {
    package enum Source: String, Codable, Sendable {
        case link, ad, listing, product, page
        /// A story of the company that the customer answers.
        case story
        /// A story of the customer that names the company.
        case storyMention = "story-mention"
    }

    package let source: Source
    /// What the link carries, or the provider's id of the advertisement, listing, story or product.
    package let reference: String?
    /// The company's own name for it: the mark in an advertisement, or in the address of a page.
    package let campaign: String?
    package let title: String?
    /// With `https` or `http`; providers' addresses of pictures and stories end after some time.
    package let url: String?

    package init(
        source: Source, reference: String? = nil, campaign: String? = nil, title: String? = nil, url: String? = nil
    ) {
        (self.source, self.reference, self.campaign) = (source, reference, campaign)
        (self.title, self.url) = (title, url)
    }

    /// Whether it says what the conversation is about, and not only what one message is.
    package var concernsConversation: Bool { source != .story && source != .storyMention }

    /// What is known after `self` was known: a message repeats its listing by number alone, and the pages of a site do not repeat the
    /// mark by which the customer came.
    package func followed(by next: Referral) -> Referral {
        switch next.source {
        case .page where source == .page:
            Referral(
                source: .page, reference: next.reference, campaign: next.campaign ?? campaign, title: next.title, url: next.url)
        case source where reference != nil && reference == next.reference:
            Referral(
                source: source, reference: reference, campaign: next.campaign ?? campaign, title: next.title ?? title,
                url: next.url ?? url)
        default: next
        }
    }
}
