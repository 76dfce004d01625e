@NullMarked
package io.endomesh.controller.join;

import org.jspecify.annotations.NullMarked;
