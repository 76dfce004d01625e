@NullMarked
package io.endomesh.controller.xds;

import org.jspecify.annotations.NullMarked;
