/** The sizes of a grid of cards, in CSS pixels. */
export interface GridLayout {
  columns: number;
  cardWidth: number;
  cardHeight: number;
  gap: number;
}

const GAP = 16;
const MIN_CARD_WIDTH = 168;
/** The height of a card's words. */
const WORDS_HEIGHT = 68;
/** Rows above and below the view that are there before they are scrolled to. */
const SPARE_ROWS = 2;

/** As many columns as fit into a width, with cards for portrait posters. */
export function gridLayout(width: number): GridLayout {
  const columns = Math.max(1, Math.floor((width + GAP) / (MIN_CARD_WIDTH + GAP)));
  const cardWidth = Math.max(1, Math.floor((width - (columns - 1) * GAP) / columns));
  return { columns, cardWidth, cardHeight: Math.round(cardWidth * 1.25) + WORDS_HEIGHT, gap: GAP };
}

/**
 * The items in view, from `first` to before `last`, and the height of the whole grid.
 *
 * @param view the distance of the view's top from the grid's top, and the view's height.
 */
export function visibleItems(
  count: number,
  { columns, cardHeight, gap }: GridLayout,
  view: { top: number; height: number },
): { first: number; last: number; height: number } {
  const rowHeight = cardHeight + gap;
  const rows = Math.ceil(count / columns);
  const firstRow = Math.max(0, Math.floor(view.top / rowHeight) - SPARE_ROWS);
  const lastRow = Math.min(rows, Math.ceil((view.top + view.height) / rowHeight) + SPARE_ROWS);
  return {
    first: Math.min(count, firstRow * columns),
    last: Math.min(count, Math.max(firstRow, lastRow) * columns),
    height: Math.max(0, rows * rowHeight - gap),
  };
}
