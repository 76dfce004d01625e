/**
 * What operators need of the process itself: its log, whether it is ready, how it stops, its data.
 */
@NullMarked
package io.endomesh.controller.operations;

import org.jspecify.annotations.NullMarked;
