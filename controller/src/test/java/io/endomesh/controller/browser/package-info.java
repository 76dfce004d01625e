/** The console in a real browser, against recorded answers and against a real controller. */
@NullMarked
package io.endomesh.controller.browser;

import org.jspecify.annotations.NullMarked;
