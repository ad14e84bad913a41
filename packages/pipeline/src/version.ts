/** What is released, in the one spelling that the pipeline's scheme has for it: `1.2.3`, `2026.11.29`, `1:2.4-3`. */
export type Version = string;
