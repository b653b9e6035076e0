/** Where each face of the stage stands, in pixels of the stage's own box. */
export interface StageLayout {
  /** The size of type, 1 where the root's font is 16 px. */
  scale: number;
  /** Diameter of a face. */
  face: number;
  /** Width of a place: the face and the air for a name. */
  cell: number;
  /** Height of a place: face, name, role line and the air below. */
  rowHeight: number;
  /** People per row, from the top; a bowl is wider at the top. */
  rows: number[];
  /** Places in the widest row. */
  columns: number;
}

/** Below the face: air for the ring, the name, the role line. */
export const NAME_GAP = 12;
export const NAME_LINE = 20;
export const ROLE_LINE = 18;
/** Between two rows. */
const ROW_GAP = 16;
/** Room for speaking rings above the first row. */
export const RING_SPACE = 14;
/** Narrower boxes are phones. */
const NARROW = 520;

/**
 * Divides `count` people into rows of at most `most`, wider rows on top, as a bowl is.
 */
export function rowsOf(count: number, most: number): number[] {
  if (count <= 0) return [];
  const places = Math.max(1, most);
  const rowCount = Math.ceil(count / places);
  const rows = Array.from(
    { length: rowCount },
    (_, row) => Math.floor(count / rowCount) + (row < count % rowCount ? 1 : 0),
  );
  const top = rows[0] ?? 0;
  const last = rows.at(-1) ?? 0;
  if (rowCount > 1 && top === last && top < places && last > 1) {
    rows[0] = top + 1;
    rows[rowCount - 1] = last - 1;
  }
  return rows;
}

/** From this many people on, a phone's rows hold four, where four have room. */
const MANY_ON_PHONE = 9;
const ROOM_FOR_FOUR = 280;
/** Narrower boxes (very large type on a phone) hold two people in a row. */
const TINY = 250;

/** A face of the stage: smaller where there are many people or little width, larger on very wide screens. */
export function faceSize(count: number, width: number): number {
  const crowd = count <= 6 ? 96 : count <= 12 ? 88 : 72;
  if (width >= 1400) return Math.round(crowd * (count <= 2 ? 1.6 : 1.3));
  if (width >= NARROW) return crowd;
  if (count > MANY_ON_PHONE || width < TINY) return 60;
  return width < 310 ? 72 : count <= 2 ? 96 : 76;
}

/** The widest row and the width of its places. On phones the bowl's walls need some of the width, too. */
function placesFor(count: number, width: number, face: number): { most: number; cell: number } {
  if (width < NARROW) {
    const most = width < TINY ? 2 : count > MANY_ON_PHONE && width >= ROOM_FOR_FOUR ? 4 : 3;
    const cell = Math.floor((width * 0.92) / most);
    return { most, cell: count <= 2 ? Math.max(cell, Math.min(face + 32, width / count)) : cell };
  }
  const cell = face + (count > 12 ? 44 : 56);
  const fitting = Math.min(8, Math.floor((width * 0.82) / cell));
  // A bowl, not a plate: wider than high, but not one long row.
  return { most: Math.max(3, Math.min(fitting, Math.ceil(Math.sqrt(count * 2.6)))), cell };
}

/**
 * The stage for this many people in a box this wide. `scale` is the size of type, 1 where the root's font is 16 px: everything grows with
 * it.
 */
export function stageLayout(count: number, width: number, scale = 1): StageLayout {
  const face = faceSize(count, width / scale);
  const { most, cell } = placesFor(count, width / scale, face);
  const rows = rowsOf(count, most);
  const rowHeight = face + NAME_GAP + NAME_LINE + ROLE_LINE + ROW_GAP;
  return {
    scale,
    face: face * scale,
    cell: cell * scale,
    rowHeight: rowHeight * scale,
    rows,
    columns: Math.max(1, ...rows),
  };
}

/** Where a person stands: 1-based row, and 1-based column in a grid of half places so that short rows are centred. */
export function placeOf(layout: StageLayout, index: number): { row: number; column: number } {
  let before = 0;
  for (const [row, length] of layout.rows.entries()) {
    if (index < before + length) {
      return { row: row + 1, column: layout.columns - length + 1 + 2 * (index - before) };
    }
    before += length;
  }
  return { row: layout.rows.length + 1, column: 1 };
}

/**
 * The lower edge of each row's words, from the top of the stage's box. `hasRoleLine` tells per person whether a role stands below the
 * name.
 */
export function rowBottoms(layout: StageLayout, hasRoleLine: readonly boolean[]): number[] {
  let before = 0;
  return layout.rows.map((length, row) => {
    const roles = hasRoleLine.slice(before, before + length).some(Boolean);
    before += length;
    const words = (NAME_GAP + NAME_LINE + (roles ? ROLE_LINE : 0)) * layout.scale;
    return RING_SPACE + row * layout.rowHeight + layout.face + words;
  });
}
