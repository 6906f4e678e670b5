"""Give the light curves of releases their features: plan, compute, write; resumable."""
