@NullMarked
package io.endomesh.controller.check;

import org.jspecify.annotations.NullMarked;
