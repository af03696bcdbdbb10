import { guard, html, nothing, repeat } from "lit";
import { daySections } from "../../live/messages.js";
import { formatDay, timeLocale } from "../../text/time.js";
import { t } from "../../text/translate.js";
import { bubble } from "./bubble.js";
import { hasLinks } from "./parts/text.js";

/**
 * Render the items of a thread, divided by days.
 *
 * `chunks` keeps items in their elements. Times are rendered again when the `zone` changes.
 * The divider is above the item with `dividerKey`.
 */
export function dayList(items, { now, zone, chunks, dividerKey, actions }) {
  const daySection = (day) => {
    const label = formatDay(day.date, now);
    return html`<section class="day" aria-label=${label}>
      <h3 class="day-name" lang=${timeLocale}><span dir="auto">${label}</span></h3>
      ${chunkLists(day, { zone, chunks, dividerKey, actions })}
    </section>`;
  };
  return repeat(daySections(items), ({ key }) => key, daySection);
}

function chunkLists({ groups }, { zone, chunks, dividerKey, actions }) {
  const placed = groups.flatMap(({ items }) => withEdges(items, dividerKey));
  const list = (chunk) => guard([zone, hasLinks(), ...signature(chunk.items)], () => chunkList(chunk.items, actions));
  return repeat(chunks.split(placed), ({ key }) => key, list);
}

function chunkList(placed, actions) {
  const row = ({ item, edges }) => [
    edges.hasDivider ? divider() : nothing,
    bubble(item, edges, actions),
  ];
  return html`<ol class="chunk" role="list">
    ${repeat(placed, ({ key }) => key, row)}
  </ol>`;
}

function divider() {
  return html`<li class="unread-divider"><span>${t("history.new")}</span></li>`;
}

/** Add to each item whether it is the first or the last of its group. */
function withEdges(items, dividerKey) {
  return items.map((item, index) => ({
    key: item.key,
    item,
    edges: {
      isFirst: index === 0 || item.key === dividerKey,
      isLast: index === items.length - 1 || items[index + 1].key === dividerKey,
      hasDivider: item.key === dividerKey,
    },
  }));
}

/** List the values that a chunk is rendered from; it is not rendered again until one changes. */
function signature(placed) {
  return placed.flatMap(({ item, edges }) => [
    item,
    edges.isFirst,
    edges.isLast,
    edges.hasDivider,
  ]);
}
