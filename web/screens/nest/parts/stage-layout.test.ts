import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faceSize, placeOf, rowBottoms, rowsOf, stageLayout } from './stage-layout.ts';

const people = fc.integer({ min: 1, max: 60 });

test('everybody has a place, and no row is longer than it may be or longer than the one above', () => {
  fc.assert(
    fc.property(people, fc.integer({ min: 1, max: 9 }), (count, most) => {
      const rows = rowsOf(count, most);
      expect(rows.reduce((sum, row) => sum + row, 0)).toBe(count);
      expect(Math.max(...rows)).toBeLessThanOrEqual(most);
      expect(rows).toEqual(rows.toSorted((a, b) => b - a));
    }),
  );
  expect(rowsOf(0, 4)).toEqual([]);
});

test('six people stand as in a bowl: four above, two below', () => {
  expect(rowsOf(6, 4)).toEqual([4, 2]);
  expect(rowsOf(7, 4)).toEqual([4, 3]);
  expect(rowsOf(6, 3)).toEqual([3, 3]);
});

test('no two people share a place', () => {
  fc.assert(
    fc.property(people, fc.integer({ min: 240, max: 4000 }), (count, width) => {
      const layout = stageLayout(count, width);
      const places = Array.from({ length: count }, (_, index) => placeOf(layout, index));
      expect(new Set(places.map(({ row, column }) => `${row} ${column}`)).size).toBe(count);
      for (const { column } of places) {
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column + 1).toBeLessThanOrEqual(layout.columns * 2);
      }
    }),
  );
});

test('the stage is never wider than its box, also with very large type', () => {
  fc.assert(
    fc.property(
      people,
      fc.integer({ min: 288, max: 4000 }),
      fc.constantFrom(1, 1.25, 1.5, 2),
      (count, width, scale) => {
        const { columns, cell, face } = stageLayout(count, width, scale);
        expect(columns * cell).toBeLessThanOrEqual(width);
        expect(face).toBeLessThanOrEqual(cell);
      },
    ),
    { examples: [[10, 500, 2]] },
  );
});

test('faces shrink when the stage fills, and words below them take more room where roles are shown', () => {
  expect(faceSize(4, 900)).toBe(96);
  expect(faceSize(30, 900)).toBe(72);
  const layout = stageLayout(6, 900);
  const [withRoles = 0, without = 0] = rowBottoms(layout, [true, false, false, false, false, false]);
  expect(without - withRoles).toBeLessThan(layout.rowHeight);
});
