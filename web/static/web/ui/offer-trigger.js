import { network, untilLoaded } from "../core/network.js";
import { inbox } from "../live/inbox.js";
import { loadLater } from "../text/translate.js";

/**
 * Load what offers notifications when a message was sent or received since the page was opened.
 *
 * An app on the Home Screen of iOS does so when it opens: the person put it there to be notified.
 */
export function watchMessages() {
  let since = navigator.standalone ? 0 : network.now() - performance.now();
  const check = () => {
    const isNew = ({ last_message_at: at, last_message_kind: kind }) =>
      Date.parse(at) > since && kind !== "joined";
    if (!inbox.conversations.some(isNew)) return;
    since = network.now();
    offer();
  };
  inbox.addEventListener("change", check);
  check();
}

/** Offer notifications, unless the browser knows what this person wants. */
function offer() {
  if ((globalThis.Notification?.permission ?? "default") !== "default") return;
  const loadOffer = () =>
    Promise.all([
      import("../live/notifications.js"),
      import("../screens/messages/offer/notification-offer.js"),
      loadLater(),
    ]);
  untilLoaded(loadOffer).then(([{ notifications }, { notificationOffer }]) => notificationOffer.offer(notifications));
}
