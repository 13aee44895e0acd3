//! What a provider prints after its handshake: the plugin library carries it over the connection, and blocks the
//! provider when nobody takes it.

use std::sync::Arc;

use super::grpc::{Channel, HEAD_LEN};
use super::lines::Lines;
use crate::wire::method::STDIO_PATH;
use crate::wire::proto::Fields;

/// Takes all that is printed, until the connection ends. Providers that do not know the operation print to their own
/// pipes.
pub(super) async fn follow(channel: Channel, lines: Arc<Lines>) {
    let Ok(mut messages) = channel.stream(STDIO_PATH, vec![0; HEAD_LEN]).await else { return };
    while let Ok(Some(message)) = messages.next().await {
        for field in Fields(&message) {
            if let Ok((2, content)) = field
                && let Ok(text) = content.bytes()
            {
                lines.take(text);
            }
        }
    }
}
