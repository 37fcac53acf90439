"""Speed as ratios, measured in one run: our pages beside a bare view and a cached body on the same server."""
