package persona

import "strings"

// English suggestions read "Quiet River". No word speaks of a body, a condition, a habit, a gender or a belief, none is
// food, and none is first of all somebody's given name.
var english = words{
	first: strings.Fields(`
		Blue Bold Breezy Bright Calm Careful Cheerful Clear Clever Copper Cosy Curious Daring Distant Dreamy Eager Easy
		Evening Faithful Fearless Friendly Gentle Glad Golden Graceful Green Happy Hidden Hopeful Humble Indigo Jolly Kind
		Lively Lucky Mellow Merry Mighty Misty Modest Morning Mossy Northern Open Peaceful Playful Polite Proud Purple
		Quick Quiet Restful Rustic Serene Shining Silent Silver Sincere Snowy Southern Spring Starry Steady Still Sunny
		Swift Tranquil Twilight Velvet Wandering Warm Western Whispering Wild Wise Witty`),
	second: strings.Fields(`
		Acorn Alder Aspen Badger Bamboo Bay Beach Beaver Beech Birch Bluebird Breeze Brook Butterfly Canyon Cedar Clearing
		Cloud Clover Cove Crane Creek Cypress Deer Dolphin Dove Dragonfly Dune Elm Falcon Field Finch Firefly Fjord Forest
		Fox Garden Glacier Glade Grove Harbour Hare Hawk Hedgehog Heron Hill Horizon Island Kestrel Kingfisher Lagoon Lake
		Lantern Lark Lighthouse Linden Lynx Magpie Maple Marsh Meadow Moon Moss Nightingale Oak Oasis Ocean Orchard Otter
		Owl Path Pebble Pine Pond Poplar Prairie Puffin Rain Raven Reed Ridge River Sandpiper Shore Sparrow Spruce
		Squirrel Star Starling Stone Stream Swallow Swan Thistle Tide Trail Valley Waterfall Wave Willow Wind Wren`),
}
