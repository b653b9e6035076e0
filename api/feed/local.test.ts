import type { FeedEvent } from '@nests/protocol/api';
import { expect, it } from 'vitest';
import { LocalFeed } from './local.ts';

const moved = (generation: number): FeedEvent => ({ type: 'restarted', generation });

const feedWithLog = () => {
  const errors: string[] = [];
  const quiet = () => undefined;
  return {
    errors,
    feed: new LocalFeed({ info: quiet, warn: quiet, debug: quiet, error: (msg) => errors.push(msg) }),
  };
};

it('tells everybody who listens to a nest, in order, and nobody else', () => {
  const { feed } = feedWithLog();
  const [anna, bert, other]: FeedEvent[][] = [[], [], []];
  feed.subscribe('n', (event) => anna!.push(event));
  feed.subscribe('n', (event) => bert!.push(event));
  feed.subscribe('m', (event) => other!.push(event));
  feed.publish('n', moved(1), 1);
  feed.publish('n', moved(2), 2);
  expect(anna).toEqual([moved(1), moved(2)]);
  expect(bert).toEqual(anna);
  expect(other).toEqual([]);
});

it('stops telling who has gone, also when they go while being told', () => {
  const { feed } = feedWithLog();
  const heard: number[] = [];
  const listen = (_: FeedEvent, rev: number): void => {
    heard.push(rev);
    stop();
  };
  const stop = feed.subscribe('n', listen);
  const stopSecond = feed.subscribe('n', (_, rev) => heard.push(rev * 10));
  feed.publish('n', moved(1), 1);
  stop();
  feed.publish('n', moved(2), 2);
  stopSecond();
  feed.publish('n', moved(3), 3);
  expect(heard).toEqual([1, 10, 20]);
});

it('lets one listener fail without harm to the others', () => {
  const { feed, errors } = feedWithLog();
  const heard: number[] = [];
  feed.subscribe('n', () => {
    throw new Error('broken');
  });
  feed.subscribe('n', (_, rev) => heard.push(rev));
  feed.publish('n', moved(1), 7);
  expect(heard).toEqual([7]);
  expect(errors).toEqual(['A listener of the feed failed']);
});
