import { guard, html, nothing, repeat } from "lit";
import { daySections } from "../../live/messages.js";
import { formatDay, timeLocale } from "../../text/time.js";
import { t } from "../../text/translate.js";
import { bubble } from "./bubble.js";
import { hasLinks } from "./parts/text.js";

/**
 * Render the items of a thread, divided by days.
 *
 * `chunks` keeps items in their elements, and `near` says which chunks are in the page. Times are
 * rendered again when the `zone` changes. The divider is above the item with `dividerKey`.
 */
export function dayList(items, { now, zone, chunks, near, dividerKey, context }) {
  const days = daySections(items).map((day) => withChunks(day, chunks, dividerKey));
  near.layOut(days);
  const section = (day) => {
    const label = formatDay(day.date, now);
    return html`<section class="day" data-day=${day.key} aria-label=${label}>
      <h3 class="day-name" lang=${timeLocale}>
        <button type="button" dir="auto" aria-haspopup="dialog" title=${t("history.goToDate")} ?disabled=${!context.thread.id}>
          ${label}
        </button>
      </h3>
      ${chunkLists(day, { zone, near, context })}
    </section>`;
  };
  const isShown = (day) => day.chunks.some((chunk) => near.isShown(chunk));
  const add = (sum, chunk) => sum + heightIn(near, chunk);
  const heightOf = (day) => day.chunks.reduce(add, near.heightOf(day.key));
  return repeatNear(days, { isShown, heightOf, render: section });
}

function withChunks({ key, date, groups }, chunks, dividerKey) {
  const placed = groups.flatMap(({ items }) => withEdges(items, dividerKey));
  return { key, date, chunks: chunks.split(placed) };
}

function chunkLists(day, { zone, near, context }) {
  const render = (chunk) =>
    guard([zone, hasLinks(), ...signature(chunk.items)], () => chunkList(chunk, context));
  const isShown = (chunk) => near.isShown(chunk);
  return repeatNear(day.chunks, { isShown, heightOf: (chunk) => heightIn(near, chunk), render });
}

function heightIn(near, { key, items }) {
  return near.heightOf(key, items.length);
}

/** Render those of the days, or of the chunks of a day, that are shown; and empty space for the others. */
function repeatNear(all, { isShown, heightOf, render }) {
  const rows = [];
  for (const each of all) {
    const last = rows.at(-1);
    if (isShown(each)) rows.push({ key: each.key, content: render(each) });
    else if (last?.height) last.height += heightOf(each);
    else rows.push({ key: `space-${each.key}`, height: heightOf(each) });
  }
  return repeat(rows, ({ key }) => key, ({ height, content }) => content ?? space(height));
}

function space(height) {
  const style = `height:${height}px`; // set as a property, which the CSP allows
  return html`<div class="released" .style=${style}></div>`;
}

function chunkList({ key: chunk, items }, context) {
  const row = ({ item, edges }) => [
    edges.hasDivider ? divider() : nothing,
    bubble(item, edges, context),
  ];
  return html`<ol class="chunk" role="list" data-chunk=${chunk}>
    ${repeat(items, ({ key }) => key, row)}
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
