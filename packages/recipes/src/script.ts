/** A script of this package, as an activity names it. Sources and what is built of them both lie one folder beside `scripts/`. */
export const script = (name: string): string => new URL(`../scripts/${name}`, import.meta.url).href;

/** What all scripts here share; sourced once on each worker. */
export const init: string = script("init.sh");
