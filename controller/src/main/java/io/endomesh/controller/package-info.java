/**
 * The controller: one process, one port, that tells agents how to route, whom to trust, and hears
 * how it goes.
 */
@NullMarked
package io.endomesh.controller;

import org.jspecify.annotations.NullMarked;
