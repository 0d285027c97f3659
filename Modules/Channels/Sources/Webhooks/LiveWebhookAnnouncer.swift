import ChannelsInterface
import Kernel
import Persistence

/// Puts deliveries down in the transaction of what they tell.
struct LiveWebhookAnnouncer: WebhookAnnouncer {
    func announce(_ notice: WebhookNotice, in transaction: any Transaction) throws {
        let (sql, account) = (try transaction.sql, try transaction.scopedAccount)
        let store = WebhookDeliveryStore(transaction: sql, account: account)
        for endpoint in try WebhookStore(transaction: sql).subscribers(to: notice.event, of: account) {
            try store.insert(WebhookDeliveryID(), notice, for: endpoint, at: notice.occurredAt)
            try WebhookPumpJob.wake(endpoint, in: sql)
        }
    }
}
