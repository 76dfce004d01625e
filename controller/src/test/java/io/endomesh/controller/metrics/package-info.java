@NullMarked
package io.endomesh.controller.metrics;

import org.jspecify.annotations.NullMarked;
