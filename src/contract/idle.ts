/**
 * How does an open page keep nobody signed in? It asks by itself, all day; what it asks while nobody touches it
 * carries this header, and is nothing that a person did. Without it a call counts as a person's, as those of
 * scripts do. Nothing is trusted to it: it can only move the end of one's own session, and never past the
 * absolute one.
 */
export const idleHeader = 'tandem-idle'
