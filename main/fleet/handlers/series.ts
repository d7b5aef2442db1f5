/** What the lab does for requests about what a board recorded over time. */
import type { HandlersOf } from '../../dispatch.ts';
import type { KnownImages } from '../../store/known-images.ts';
import type { Store } from '../../store/open-store.ts';
import { classTimeline } from '../../store/rollups/classes.ts';
import { series } from '../../store/rollups/series.ts';
import { timeline } from '../../store/timeline.ts';
import type { seriesRequests } from '../contract/series.ts';
import type { timelineRequests } from '../contract/timeline.ts';

interface Rooms {
  store: Store;
  images: KnownImages;
}

export function seriesHandlers({
  store,
  images,
}: Rooms): HandlersOf<typeof seriesRequests & typeof timelineRequests> {
  return {
    'telemetry.series': (wish) => series(store, wish),
    'telemetry.classes': (wish) => classTimeline(store, images, wish),
    'telemetry.events': (wish) => timeline(store, wish),
  };
}
