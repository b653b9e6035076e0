import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bowlLines, weaveBowl, type Bowl, type Point } from './bowl.ts';
import { RING_SPACE, rowBottoms, stageLayout } from './stage-layout.ts';

function bowlOf(people: number, width: number): Bowl {
  const layout = stageLayout(people, width);
  const bottoms = rowBottoms(layout, new Array<boolean>(people).fill(true));
  return {
    width,
    rim: RING_SPACE + layout.face * 0.72,
    rows: layout.rows.map((length, row) => ({
      half: (length * layout.cell) / 2,
      bottom: bottoms[row] ?? 0,
    })),
  };
}

/** The drawn points and four between each two of them. */
function dense(points: readonly Point[]): Point[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1] ?? point;
    return [0, 0.2, 0.4, 0.6, 0.8].map((part) => ({
      x: point.x + (next.x - point.x) * part,
      y: point.y + (next.y - point.y) * part,
    }));
  });
}

test('no straw ever crosses a name, whatever the nest, the screen and the number of people', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 288, max: 3000 }),
      fc.string(),
      (people, width, seed) => {
        const bowl = bowlOf(people, width);
        const drawn = bowlLines(bowl, seed).flatMap(({ points }) => dense(points));
        const crossing = drawn.filter(({ x, y }) =>
          bowl.rows.some(({ half, bottom }) => Math.abs(x - width / 2) < half && y < bottom),
        );
        expect(crossing).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('a nest always has the same bowl, and another nest another one', () => {
  const bowl = bowlOf(5, 900);
  expect(weaveBowl(bowl, 'one')).toEqual(weaveBowl(bowl, 'one'));
  expect(weaveBowl(bowl, 'one').straws).not.toEqual(weaveBowl(bowl, 'two').straws);
});

test('the box is as high as its lowest straw', () => {
  const bowl = bowlOf(7, 360);
  const { height } = weaveBowl(bowl, 'nest');
  const lowest = Math.max(...bowlLines(bowl, 'nest').flatMap(({ points }) => points.map(({ y }) => y)));
  expect(height).toBeGreaterThanOrEqual(lowest);
  expect(height).toBeLessThan(lowest + 10);
});
