/** A duration in whole seconds, the unit of every timeout in Amazon States Language. */
export type Seconds = number;

export const seconds = (count: number): Seconds => count;
export const minutes = (count: number): Seconds => count * 60;
export const hours = (count: number): Seconds => count * 3600;
export const days = (count: number): Seconds => count * 24 * 3600;
